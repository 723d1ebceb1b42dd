"""Reading a SOFA file in a child process with a time limit.

A damaged HDF5 file can keep the C library busy forever while it is opened (a few in a thousand files with twenty
random bytes do), and nothing inside the process can stop that. So the file is read by a child, which the system ends
when it has used too much time of the processor and whose crash is an error message here. Time on the clock would call
sound files damaged where the machine is busy; it only bounds the wait for a child that does not get to work at all.

Run as a program (``python -m hrtf.sofa_process FILE OUT.npz SECONDS``) this module is that child.
"""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from hrtf.errors import ConventionError, SofaError
from hrtf.sofa_contents import SofaContents, read_contents

BASE_LIMIT_S = 20.0  # of the processor; starting Python and its libraries takes half a second
BYTES_A_SECOND = 5e6  # the slowest processor worth waiting for
PATIENCE_S = 300.0  # on the clock, beside that: a busy machine, a slow disk
REFUSED, OTHER_CONVENTION = 3, 4  # exit codes of the child
_OUT_OF_TIME = getattr(signal, "SIGPROF", signal.SIGTERM)  # ends a process before Python or a library can react
SIGNATURES = (b"\x89HDF\r\n\x1a\n", b"CDF\x01", b"CDF\x02", b"CDF\x05")


def contents_of(path: Path, time_limit_s: float | None = None) -> SofaContents:
    """Read a file in a child process.

    Args:
        path: of the file.
        time_limit_s: of the processor, after which the child is ended; 20 s and another for each 5 MB if not given.

    Raises:
        ConventionError: if the file holds something other than free-field HRIRs.
        SofaError: if it cannot be read, for whatever reason.
    """
    _check_file(path)
    limit_s = time_limit_s if time_limit_s is not None else BASE_LIMIT_S + path.stat().st_size / BYTES_A_SECOND
    with tempfile.TemporaryDirectory(prefix="hrtf-") as folder:
        out = Path(folder) / "contents.npz"
        command = [sys.executable, "-m", "hrtf.sofa_process", str(path.absolute()), str(out), str(limit_s)]
        search = os.pathsep.join(str(Path(entry or ".").absolute()) for entry in sys.path)
        try:
            done = subprocess.run(
                command,
                env={**os.environ, "PYTHONPATH": search},
                capture_output=True,
                text=True,
                errors="replace",
                timeout=limit_s + PATIENCE_S,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            seconds = limit_s + PATIENCE_S
            raise SofaError(
                f"{path}: not read within {seconds:.0f} s; it is damaged, or the machine too busy"
            ) from error
        if done.returncode == -_OUT_OF_TIME:
            raise SofaError(f"{path}: damaged (still not read after {limit_s:.3g} s of the processor)")
        lines = done.stderr.strip().splitlines()
        if done.returncode in (REFUSED, OTHER_CONVENTION) and lines:
            kind = ConventionError if done.returncode == OTHER_CONVENTION else SofaError
            raise kind(lines[-1].replace(str(path.absolute()), str(path)))
        if done.returncode != 0:
            raise SofaError(f"{path}: damaged (reading it ended with status {done.returncode})")
        return SofaContents.load(out)


def _check_file(path: Path) -> None:
    """Refuse what is not even a file of the right kind."""
    if not path.exists():
        raise SofaError(f"{path}: no such file")
    if not path.is_file():
        raise SofaError(f"{path}: not a file")
    try:
        with path.open("rb") as stream:
            start = stream.read(8)
    except OSError as error:
        raise SofaError(f"{path}: cannot be read ({error.strerror})") from error
    if not start:
        raise SofaError(f"{path}: empty")
    if not start.startswith(SIGNATURES):
        raise SofaError(f"{path}: not a SOFA file (it is not in HDF5 format)")


def _end_after(seconds: float) -> None:
    """Have the system end this process once it has used so much time of the processor, if the system can."""
    if hasattr(signal, "setitimer"):
        signal.signal(_OUT_OF_TIME, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_PROF, seconds)


def _main() -> int:
    """Read one file and store its contents, or say in one line why not."""
    path, out = Path(sys.argv[1]), Path(sys.argv[2])
    _end_after(float(sys.argv[3]))
    try:
        read_contents(path).save(out)
    except ConventionError as error:
        sys.stderr.write(f"{error}\n")
        return OTHER_CONVENTION
    except SofaError as error:
        sys.stderr.write(f"{error}\n")
        return REFUSED
    return 0


if __name__ == "__main__":
    raise SystemExit(_main())
