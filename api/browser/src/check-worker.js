/** The check page's work in a worker, so that a hundred thousand tickets do not freeze a telephone. */

import { serve } from "./check/job.js";

serve();
