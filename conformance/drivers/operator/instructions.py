"""What a person is told to do for each action: the vocabulary in words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from common.identities import PATIENTS, PROFESSIONALS
from conformance.locale import N_, _

Arguments = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class People:
    """The synthetic people as the product calls them: `called` maps their keys to its names."""

    called: Mapping[str, str] = field(default_factory=dict)

    def professional(self, national_id: str) -> str:
        """Name and national identifier of a professional."""
        for person in PROFESSIONALS:
            if person.national_id == national_id:
                return f"{self.called.get(person.key, person.name)} ({national_id})"
        return national_id

    def patient(self, ins: str) -> str:
        """Name and INS number of a patient."""
        for person in PATIENTS:
            if person.ins == ins:
                usual = f"{person.given} {person.birth_name}"
                return f"{self.called.get(person.key, usual)} (INS {ins})"
        return f"INS {ins}"


def what_to_do(name: str, arguments: Arguments, people: People, *, ciba: bool = False) -> str:
    """The sentence of an action; `ciba`: the login under way has no page of its own."""
    return _DO[name](arguments, people, ciba)


def _plainly(sentence: str) -> Callable[[Arguments, People, bool], str]:
    return lambda arguments, people, ciba: _(sentence)


def _filled(sentence: str) -> Callable[[Arguments, People, bool], str]:
    return lambda arguments, people, ciba: _(sentence).format(**_texts(arguments))


def _texts(arguments: Arguments) -> dict[str, str]:
    return {
        key: ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        for key, value in arguments.items()
    }


_FORMS = {
    "page": N_("Show the page with the terms of use, as somebody would before any login."),
    "document": N_("Open the document with the terms of use."),
    "contract": N_("Show the contract with the terms of use, the one to tick and validate."),
}
_MEANS = {"cps": N_("a CPS card"), "ecps": N_("the e-CPS application")}


def _show_terms(arguments: Arguments, people: People, ciba: bool) -> str:
    form = str(arguments["form"])
    return _(_FORMS[form])


def _start_login(arguments: Arguments, people: People, ciba: bool) -> str:
    said = _("Start the login with Pro Santé Connect: {who} signs in with {means}.")
    who, means = people.professional(arguments["national_id"]), str(arguments["means"])
    return said.format(who=who, means=_(_MEANS[means]))


def _finish_login(arguments: Arguments, people: People, ciba: bool) -> str:
    who, means = people.professional(arguments["national_id"]), str(arguments["means"])
    if ciba:
        said = _("Wait until your product shows that {who} is signed in; touch no phone.")
        return said.format(who=who)
    said = _(
        "On the page of Pro Santé Connect choose {means} and {who}, then continue until you are "
        "back in your product."
    )
    if means == "ecps":
        said = _(
            "On the page of Pro Santé Connect choose {means} and {who}, then continue until you "
            "are back in your product. The bench answers on the phone in your place."
        )
    return said.format(who=who, means=_(_MEANS[means]))


def _practice(arguments: Arguments, people: People, ciba: bool) -> str:
    said = _("Choose practice number {number} of the list, and validate.")
    return said.format(number=int(arguments["index"]) + 1)


def _patient(arguments: Arguments, people: People, ciba: bool) -> str:
    return _("Open the record of {who}.").format(who=people.patient(arguments["ins"]))


def _create(arguments: Arguments, people: People, ciba: bool) -> str:
    said = _("Write a document for {who} and save it.\nTitle: {title}\nText: {text}")
    about = {"title": arguments["title"], "text": arguments["text"]}
    return said.format(who=people.patient(arguments["ins"]), **about)


def _send(arguments: Arguments, people: People, ciba: bool) -> str:
    lines = [_("Send the document “{document_id}” by MSSanté.").format(**_texts(arguments))]
    lines += [_("To: {to}").format(**_texts(arguments))]
    if arguments.get("cc"):
        lines += [_("Copy: {cc}").format(**_texts(arguments))]
    if arguments.get("patient"):
        lines += [_("And to the patient's own mailbox.")]
    return "\n".join(lines)


def _answer(arguments: Arguments, people: People, ciba: bool) -> str:
    if arguments["answer"] == "accept":
        return _("Accept the offer to write to the recipients, without changing the list.")
    return _("Decline the offer to write to the recipients.")


def _search(arguments: Arguments, people: People, ciba: bool) -> str:
    criteria = ", ".join(f"{key} = {value}" for key, value in arguments["query"].items())
    return _("Search the MSSanté directory: {criteria}.").format(criteria=criteria)


_DO: dict[str, Callable[[Arguments, People, bool], str]] = {
    "show_terms": _show_terms,
    "scroll_to_psc_terms": _plainly(N_("Scroll to the paragraph on Pro Santé Connect.")),
    "close_terms": _plainly(N_("Close the terms; if they are a contract, tick and validate it.")),
    "go_to_login": _plainly(N_("Go to the login zone. Do not start the login yet.")),
    "start_psc_login": _start_login,
    "finish_psc_login": _finish_login,
    "connected_identity": _plainly(N_("Who is signed in to your product? Copy the name.")),
    "choose_practice": _practice,
    "go_to_logout": _plainly(N_("Go to the logout zone. Do not sign out yet.")),
    "logout": _plainly(N_("Sign out of your product.")),
    "idle": _filled(
        N_("Touch nothing for at least {seconds} s, until your product closes the session.")
    ),
    "open_patient": _patient,
    "create_document": _create,
    "send_document": _send,
    "replace_document": _filled(
        N_("Replace the document “{document_id}” by a new version.\nText: {text}")
    ),
    "delete_document": _filled(N_("Delete the document “{document_id}”.")),
    "answer_offer": _answer,
    "write_message": _filled(
        N_("Write a message and send it by MSSanté.\nTo: {to}\nSubject: {subject}\nText: {text}")
    ),
    "reply": _filled(N_("Reply to the message {message_id} and send.\nText: {text}")),
    "inbox": _plainly(N_("Open the inbox of the MSSanté mailbox.")),
    "open_message": _filled(N_("Open the message {message_id}.")),
    "integrate": _filled(
        N_("Put the document of the message {message_id} into the patient's record.")
    ),
    "search_directory": _search,
    "configure_mailbox": _filled(N_("Set up the MSSanté mailbox {address}.")),
    "export_traces": _plainly(N_("Export the traces of your product to a file.")),
    "restart": _plainly(N_("Stop your product and start it again.")),
}
