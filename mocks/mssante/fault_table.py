"""The named misbehaviours of the mock MSSanté: a closed table, armed for one tenant."""

from mocks.faults import Fault, table_of

FAULTS: dict[str, Fault] = table_of(
    Fault(
        "smtp.auth-refused",
        "smtp.AUTH",
        "refuse",
        "A good token is answered by 334 and an error, then the connection drops.",
        "Un jeton valable reçoit 334 et une erreur, puis la connexion est coupée.",
        if_one="recover",
    ),
    Fault(
        "smtp.recipient-refused",
        "smtp.RCPT",
        "refuse",
        "One recipient is refused with 550: the one in the value, else the first of each mail.",
        "Un destinataire est refusé (550) : celui de la valeur, sinon le premier du courriel.",
        value="the address to refuse",
        values="text",
        if_one="refuse",
    ),
    Fault(
        "smtp.server-down",
        "smtp.connect",
        "refuse",
        "Connections are closed without a greeting.",
        "Les connexions sont fermées sans un mot.",
        if_one="recover",
    ),
    Fault(
        "smtp.drop-after-data",
        "smtp.DATA",
        "refuse",
        "The connection drops after the last line of a mail, which is not kept.",
        "La connexion est coupée après la dernière ligne d'un courriel, qui n'est pas gardé.",
        if_one="recover",
    ),
)
"""`smtp.auth-refused` is the dialogue of the national training operator [MSS-VENDOR refusal]."""
