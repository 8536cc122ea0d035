"""`python -m fakedet` is `fakedet`."""
from fakedet.cli import main

main()
