"""A mark for a film that is made elsewhere: the time of the bench, as a QR code on the phone page.

Whoever films a screen or a desk shows it for two seconds; the film can then be laid on the journal
of the run, whatever the clock of the camera says.
"""

import segno

from mocks.psc.http.call import Answer
from mocks.psc.http.rendering import page
from mocks.psc.tenant import Tenant

WORD = "BANC"
"""What the code begins with; the time follows, in seconds since 1970 with one decimal."""


def mark(tenant: Tenant, epoch: float) -> Answer:
    """The page, drawn anew every second by the browser itself."""
    code = segno.make(f"{WORD} {epoch:.1f}", micro=False, error="m")
    return page(
        "phone_mark.html",
        code=code.svg_data_uri(scale=12, border=4, light="#fff"),
        back=f"{tenant.prefix}/phone",
    )
