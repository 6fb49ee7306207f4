"""Gives a film that was recorded its chapters and captions."""

import tempfile
from pathlib import Path

from conformance.evidence.film.chapters import Mark, ffmetadata, webvtt
from conformance.evidence.film.ffmpeg import run_ffmpeg

_TAIL_S = 0.5


def finish_file(path: Path, marks: list[Mark], duration: float) -> None:
    """Give the film at `path` its chapters and captions, and a WebVTT beside it.

    What was recorded after `duration` seconds, between the order to stop and the end of the
    recorder, is left out but for half a second: on a busy machine it would make the film too long.
    Raises `OSError` or `subprocess.SubprocessError` when it cannot; the film is then as it was.
    """
    captions = path.with_suffix(".vtt")
    try:
        captions.write_text(webvtt(marks, duration), encoding="utf-8", newline="\n")
    except OSError:
        captions.unlink(missing_ok=True)  # half of them would pass for all
        raise
    with tempfile.TemporaryDirectory(prefix="banc-film-") as name:
        chapters = Path(name) / "chapters.ffmeta"
        chapters.write_text(ffmetadata(marks, duration), encoding="utf-8", newline="\n")
        inputs = ["-i", str(path), "-i", str(chapters)]
        streams = ["-map", "0:v:0", "-map_metadata", "1", "-map_chapters", "1", "-c:v", "copy"]
        if marks:
            inputs += ["-i", str(path.with_suffix(".vtt"))]
            streams += ["-map", "2:s:0", "-c:s", "mov_text", "-metadata:s:s:0", "language=fra"]
        whole = path.with_name(f"{path.stem}.whole.mp4")
        try:
            output = ["-t", f"{duration + _TAIL_S:.3f}", "-movflags", "+faststart", str(whole)]
            done = run_ffmpeg(["-y", "-loglevel", "error", *inputs, *streams, *output])
            if done.returncode != 0 or not whole.is_file():
                raise OSError(done.stderr.decode("utf-8", "replace").strip().replace("\n", " / "))
            whole.replace(path)
        finally:
            whole.unlink(missing_ok=True)
