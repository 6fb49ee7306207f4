"""`python -m conformance.locale`: sort the French catalogue and name what it lacks.

Exit code 1 when a marked sentence has no French.
"""

import io
import os
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from conformance.locale import PO_PATH, read_catalogue
from conformance.locale.marked import marked_sentences, untranslated

HEADER = r"""# French sentences of banc.
# Add entries anywhere, then run: python -m conformance.locale
msgid ""
msgstr ""
"Language: fr\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\n"

"""


def sorted_text(catalogue: Catalog) -> str:
    """The .po file as it should stand: one header, then the sentences by their English."""
    entries = io.BytesIO()
    write_po(entries, catalogue, sort_output=True, width=0, omit_header=True)
    return (HEADER + entries.getvalue().decode()).strip() + "\n"


def main() -> int:
    """Sort, then report."""
    package = Path(__file__).parent
    catalogue = read_catalogue()
    path = package / PO_PATH
    sorted_one = path.with_suffix(f".{os.getpid()}.tmp")  # whoever reads meanwhile reads all of it
    sorted_one.write_text(sorted_text(catalogue), encoding="utf-8", newline="\n")
    sorted_one.replace(path)
    lacking = untranslated(catalogue, marked_sentences(package.parent))
    for sentence in lacking:
        print(f'msgid "{sentence.message}"  ({sentence.path}:{sentence.line})')
    print(f"{len(catalogue)} sentences, {len(lacking)} without French", file=sys.stderr)
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main())
