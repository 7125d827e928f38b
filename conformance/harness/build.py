"""A port is built by its own command before it is started."""

import subprocess
import sys

from .errors import NotReady


def build(manifest):
    """Run the manifest's build command, in silence unless it fails."""
    if not manifest.build:
        return
    try:
        done = subprocess.run(manifest.build, cwd=manifest.folder, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    except OSError as error:
        raise NotReady(f"{manifest.name}: {manifest.build[0]} cannot be started: {error.strerror}") from None
    if done.returncode:
        sys.stderr.write(done.stdout.decode("utf-8", "replace"))
        raise NotReady(f"{manifest.name}: the build command ended with code {done.returncode}")
