"""``python -m cosell`` is the command cosell."""

import subprocess
import sys

from ._binary import find_binary

if __name__ == "__main__":
    try:
        sys.exit(subprocess.call([find_binary(), *sys.argv[1:]]))
    except KeyboardInterrupt:
        sys.exit(130)
