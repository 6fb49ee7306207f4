"""`python -m conformance.cli`."""

import sys

try:
    from conformance.cli.main import main

    main()
except KeyboardInterrupt:  # while it was still being loaded
    sys.exit(130)
