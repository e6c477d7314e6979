/**
 * The same checks without this program: commands of any Linux or Mac (sha256sum, jq, xxd), to be typed in a folder that
 * holds the file as evidence.json. What is put into them has passed its stage: digits, capitals and hyphens only.
 */

import { roundTime } from "./beacon.js";
import { docHash } from "./canonical.js";
import { entropyLine } from "./draw.js";

/** SHA-256 of one document as it stands in the file. @param {string} path */
const document_ = (path) => `jq -cjS .${path} evidence.json | sha256sum`;
/** SHA-256 of lines, each with its line feed. @param {...(string | number)} lines */
const lines = (...lines) => `printf '%s\\n' ${lines.join(" ")} | sha256sum`;

/**
 * @param {string} id        a stage that holds
 * @param {any} evidence     the file's value
 * @param {any} result       the computed one, from stage 7 on
 * @returns {string[]}
 */
export function commandsOf(id, evidence, result) {
  const { plan, seal, beacon } = evidence ?? {}; // a file may hold null and nothing else
  switch (id) {
    case "file":
      return ["sha256sum evidence.json", "jq -cjS . evidence.json | cmp - evidence.json && echo same"];
    case "evidence":
      return ["jq -r 'keys[]' evidence.json"];
    case "plan":
      return [document_("plan")];
    case "roster":
      return [document_("roster"), "jq '.roster.agents|length' evidence.json"];
    case "seal":
      return [
        document_("seal"),
        ...seal.seats
          .filter((/** @type {any} */ entry) => entry.secret !== null)
          .map((/** @type {any} */ { seat, secret }) =>
            lines("mingtang-draw/1/commit", plan.draw_id, plan.attempt, seat, secret),
          ),
      ];
    case "entropy":
      if (plan.entropy === "dice") return [];
      return [
        `printf %s ${beacon.signature} | xxd -r -p | sha256sum`,
        `date -d @${roundTime(beacon.round)}`,
        `curl https://api.drand.sh/v2/beacons/quicknet/rounds/${beacon.round}`,
      ];
    case "result": {
      const [first] = result.ranking;
      return [
        lines("mingtang-draw/1/seed", plan.draw_id, plan.attempt, docHash(seal), entropyLine(evidence)),
        `printf '%s:%s:%s' ${result.seed} ${first.code} ${first.ball} | sha256sum`,
        document_("result"),
      ];
    }
    case "standing":
      return evidence.standing === null ? [] : [document_("standing")];
    default:
      return [];
  }
}
