"""`mingtang`, whose webhooks may reach this machine and nobody else."""

from api.cli import main
from api.following import sending
from tests.api.receivers import HERE

if __name__ == "__main__":
    vars(sending)["Outward"] = lambda: HERE  # in this process
    main()
