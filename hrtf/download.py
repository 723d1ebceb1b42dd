"""Fetching one file over HTTP so that nothing is lost and nothing wrong is kept.

Pooch checks the checksum and moves the file into place; what it lacks is here: bytes that arrived stay in a ``.part``
file beside the target, and the next attempt, in this run or a later one, asks only for the rest (``Range``), provided
that the server still has the same file (``If-Range`` with its ``ETag`` or date).
"""

import json
import logging
import shutil
import time
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hrtf.errors import DownloadError

if TYPE_CHECKING:
    from requests import Response

ATTEMPTS = 4
WAIT_S = 0.5  # before the second attempt; doubled each time
TIMEOUT_S = (10.0, 30.0)  # to connect, and between two packets
CHUNK_BYTES = 2**12  # what of a chunk arrived before the connection broke is lost
OFFLINE = "without a network, give a file you have: --hrtf FILE.sofa"


def download(url: str, target: Path, sha256: str, *, progress: bool = True) -> tuple[Path, str]:
    """Fetch a file unless it is there already.

    Args:
        url: its address.
        target: where it goes; the folder is made.
        sha256: what it must be; empty if that is not known.
        progress: show a bar on standard error.

    Returns:
        The path and the SHA-256 of the file.

    Raises:
        DownloadError: if the server cannot be reached, breaks off ``ATTEMPTS`` times, or serves other bytes.
    """
    import pooch
    import requests

    pooch.get_logger().setLevel(logging.WARNING)
    target.parent.mkdir(parents=True, exist_ok=True)
    known = f"sha256:{sha256}" if sha256 else None
    try:
        pooch.retrieve(
            url, known, fname=target.name, path=target.parent, downloader=Resuming(target, progress, ATTEMPTS, WAIT_S)
        )
    except requests.exceptions.RequestException as error:
        raise DownloadError(f"{url} cannot be fetched ({_reason(error, target)}); {OFFLINE}") from error
    except ValueError as error:
        raise DownloadError(
            f"{url} is not the expected file: its SHA-256 is not {sha256}; nothing was kept, ask its publisher"
        ) from error
    except OSError as error:
        raise DownloadError(f"{target}: cannot be written ({error.strerror})") from error
    return target, pooch.file_hash(str(target))


@dataclass(frozen=True, slots=True)
class Resuming:
    """A downloader for pooch that continues where an earlier one stopped.

    Attributes:
        target: the final file; what arrives waits in ``<target>.part``.
        progress: show a bar on standard error.
        attempts: how often a broken connection is taken up again.
        wait_s: before the second attempt; doubled each time.
    """

    target: Path
    progress: bool
    attempts: int
    wait_s: float

    def __call__(self, url: str, output_file: str, pooch: Any) -> None:  # noqa: ARG002  # pooch's signature
        """Fetch ``url`` to ``output_file``.

        Raises:
            requests.exceptions.RequestException: if it does not succeed.
        """
        import requests

        for attempt in range(self.attempts):
            try:
                self._attempt(url)
                break
            except (requests.exceptions.ConnectionError, requests.exceptions.Timeout):
                if attempt == self.attempts - 1:
                    raise
                time.sleep(self.wait_s * 2**attempt)
        shutil.move(self._part, output_file)
        self._stamp.unlink(missing_ok=True)

    @property
    def _part(self) -> Path:
        return _part_of(self.target)

    @property
    def _stamp(self) -> Path:
        return self.target.with_name(self.target.name + ".part.json")

    def _attempt(self, url: str) -> None:
        """Fetch what is missing; raises if the connection breaks before the end."""
        import requests

        had = self._part.stat().st_size if self._part.exists() else 0
        validator = self._validator(url) if had else ""
        headers = {"Accept-Encoding": "identity"}
        if had and validator:
            headers |= {"Range": f"bytes={had}-", "If-Range": validator}
        with requests.get(url, headers=headers, stream=True, timeout=TIMEOUT_S) as response:
            if had and response.status_code == requests.codes.requested_range_not_satisfiable:
                self._part.unlink()  # longer than the file there: not a part of it
                raise requests.exceptions.ConnectionError("the part of the file that was here does not fit")
            response.raise_for_status()
            had = had if response.status_code == requests.codes.partial_content else 0
            stamp = {"url": url, "validator": _validator_of(response)}
            self._stamp.write_text(json.dumps(stamp), encoding="utf-8")
            length = response.headers.get("Content-Length")
            total = None if length is None else had + int(length)
            self._receive(response, had, total)
        got = self._part.stat().st_size
        if total is not None and got != total:
            raise requests.exceptions.ConnectionError(f"{got} of {total} bytes")

    def _receive(self, response: "Response", had: int, total: int | None) -> None:
        """Append the body to the part file, or start it anew."""
        import requests
        from rich.console import Console
        from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

        columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
        shown = Progress(*columns, console=Console(stderr=True), transient=True) if self.progress else nullcontext()
        with self._part.open("ab" if had else "wb") as stream, shown as bar:
            task = bar.add_task(self.target.name, total=total, completed=had) if bar is not None else None
            try:
                for chunk in response.iter_content(CHUNK_BYTES):
                    stream.write(chunk)
                    if bar is not None and task is not None:
                        bar.advance(task, len(chunk))
            except requests.exceptions.ChunkedEncodingError as error:  # the body broke off: taken up again
                raise requests.exceptions.ConnectionError(str(error)) from error

    def _validator(self, url: str) -> str:
        """What the server said about the version of the part file; empty if it cannot be continued."""
        if not self._stamp.exists():
            return ""
        try:
            stamp = json.loads(self._stamp.read_text(encoding="utf-8"))
        except ValueError:
            return ""
        return str(stamp.get("validator", "")) if stamp.get("url") == url else ""


def _validator_of(response: "Response") -> str:
    """A strong ETag, else the date of the last change; empty if the server names neither."""
    etag = response.headers.get("ETag", "")
    return etag if etag and not etag.startswith("W/") else response.headers.get("Last-Modified", "")


def _part_of(target: Path) -> Path:
    """Where what has arrived of a file waits for the rest."""
    return target.with_name(target.name + ".part")


def _reason(error: Exception, target: Path) -> str:
    """Why a request failed, in a few words."""
    import requests

    if isinstance(error, requests.exceptions.HTTPError) and error.response is not None:
        return f"the server answers {error.response.status_code}"
    if isinstance(error, requests.exceptions.Timeout):
        return "no answer in time"
    part = _part_of(target)
    if part.exists():
        return f"broken off after {part.stat().st_size} bytes, which the next attempt will continue"
    return "no connection"
