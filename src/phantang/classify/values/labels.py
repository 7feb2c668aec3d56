"""What stands in front of every value of a column, or behind it, and says what they are: `SĐT: 0912...`, `45 tuổi`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

#: A label with a colon may stand before anything; one without, before a number only.
_MARKED = re.compile(r"([^\W\d_][^\d:=\n]{0,30}?)\s*[:=]\s*(?=[^\s/])")
_BEFORE_NUMBER = re.compile(r"([^\W\d_][^\d:=/\n]{0,30}?)\s+(?=[+(]?\d)")
_AFTER_NUMBER = re.compile(r"(?<=\d)\s*([^\W\d_][^\d\n]{1,20})$")
_NUMBER = re.compile(r"[+(]?\d[\d .,()/\-+]*")
#: Values that must bear the label.
_NEARLY_ALL = 0.9


def unlabelled(lines: Sequence[str], says: Callable[[str], bool]) -> tuple[str, ...]:
    """Return `lines` without a label that nearly all of them share; `says` knows labels without a colon."""
    first, marked, before, after = lines[0], None, None, None
    if not first[:1].isdecimal():
        marked, before = _MARKED.match(first), _BEFORE_NUMBER.match(first)
    if not first[-1:].isdecimal():
        after = _AFTER_NUMBER.search(first)
    if marked is not None and (marked[0][-1].isspace() or says(marked[1])):
        label, at_end = marked[0].rstrip(), False
    elif before is not None and says(before[1]):
        label, at_end = before[0].rstrip(), False
    elif after is not None and says(after[1]):
        label, at_end = after[1], True
    else:
        return tuple(lines)
    if at_end:
        bare = [line.removesuffix(label).strip() for line in lines if line.endswith(label)]
    else:
        bare = [line.removeprefix(label).strip() for line in lines if line.startswith(label)]
    if len(bare) < _NEARLY_ALL * len(lines) or len(label) < 2:
        return tuple(lines)
    if (marked is None or not label.endswith((":", "="))) and not all(map(_NUMBER.fullmatch, filter(None, bare))):
        return tuple(lines)
    return tuple(dict.fromkeys(filter(None, bare)))
