"""Lines of keys in a TOML text."""

from conformance.plan.lines import key_lines

TEXT = '''\
# a comment = not a key
top = 1
[a.b]
c.d = 2
"quoted key" = 3
long = """
fake = 1
"""
[[list]]
x = [
  { y = 1 },
]
[list.inner]
z = 1
[[list]]
x = 2
'''


def test_each_key_is_found_at_its_line() -> None:
    lines = key_lines(TEXT)

    assert lines[("top",)] == 2
    assert lines[("a", "b", "c", "d")] == 4
    assert lines[("a", "b", "quoted key")] == 5
    assert lines[("list", 0, "x")] == 10
    assert lines[("list", 0, "inner", "z")] == 14
    assert lines[("list", 1, "x")] == 16


def test_the_inside_of_a_long_string_holds_no_key() -> None:
    lines = key_lines(TEXT)

    assert ("a", "b", "fake") not in lines
