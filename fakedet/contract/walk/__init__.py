"""What pipelines do with a client, done by the real client of a release against a fakedet: `python -m fakedet.contract.walk ROOM...`.

Runs in the interpreter of the old client, from Python 3.8 on: only the standard library and this folder are imported. WALK_URL and
WALK_RELEASE are set; how each operation went is printed as JSON.
"""
