"""From what was seen to verdicts; `judge(folder)` is the only way."""
