"""The window of the desktop program (tkinter): one frame rebuilt from what the program shows.

Widgets that matter have a name. `press`, `write` and `look` reach them from another thread: the
window does it on its own thread, with the real widget and the real pointer, so that what a person
sees is what happens. The window holds no decision of its own.
"""

import queue
import tkinter as tk
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from tkinter import font, ttk
from typing import Any, TypeVar

from mocks.lps.desktop.workstation import Shown, Workstation

TITLE = "Cabinet Exemple LPS – poste de travail"
TICK_MS = 20
PSC_BLUE, TEAL, INK, RED, SHEET = "#000091", "#0b6470", "#1d2733", "#a3221a", "#ffffff"

_T = TypeVar("_T")


class NotShown(Exception):
    """The widget named is not on the screen now, or is disabled."""


class Window:
    """The one window of the program; build and `run` it on the main thread."""

    def __init__(self, station: Workstation, geometry: str) -> None:
        self._station = station
        self._jobs: queue.Queue[Callable[[], None]] = queue.Queue()
        self._widgets: dict[str, tk.Widget] = {}
        self._painted: Shown | None = None
        self._root = tk.Tk(className="CabinetExempleLPS")
        self._root.title(TITLE)
        self._root.geometry(geometry)
        self._root.configure(background=SHEET, cursor="left_ptr")
        self._national_id = tk.StringVar(self._root)
        self._means = tk.StringVar(self._root, "ecps")
        self._practice = tk.IntVar(self._root, -1)
        self._accepted = tk.BooleanVar(self._root, False)
        self._fonts = self._styles()
        self._frame = tk.Frame(self._root)
        station.on_change = lambda: self._jobs.put(self._paint)
        self._root.bind_all("<Any-KeyPress>", lambda _event: station.touch())
        self._root.bind_all("<Any-ButtonPress>", lambda _event: station.touch())
        self._paint()

    def run(self) -> None:
        """Show the window until it is closed."""
        self._tick()
        self._root.mainloop()

    def close(self) -> None:
        """Close the window; any thread may ask."""
        self._jobs.put(self._root.destroy)

    def press(self, name: str) -> None:
        """Press the button (or tick the box) `name`. Raises `NotShown`."""
        self._on_window(lambda: self._press(name))

    def write(self, name: str, text: str) -> None:
        """Replace what the field `name` holds. Raises `NotShown`."""
        self._on_window(lambda: self._write(name, text))

    def look(self, name: str) -> str | None:
        """The text of what stands under `name` and can be seen; None when it cannot."""
        return self._on_window(lambda: self._look(name))

    def _on_window(self, job: Callable[[], _T]) -> _T:
        done: Future[_T] = Future()

        def run() -> None:
            try:
                self._root.update_idletasks()
                done.set_result(job())
            except NotShown as error:
                done.set_exception(error)

        self._jobs.put(run)
        return done.result(timeout=10)

    def _tick(self) -> None:
        while not self._jobs.empty():
            self._jobs.get()()
        self._station.close_if_idle()
        self._root.after(TICK_MS, self._tick)

    def _styles(self) -> dict[str, font.Font]:
        family = "DejaVu Sans"
        style = ttk.Style(self._root)
        style.theme_use("clam")
        sizes = {"text": 15, "small": 12, "title": 24, "digits": 110}
        fonts = {name: font.Font(self._root, family=family, size=s) for name, s in sizes.items()}
        fonts["title"].configure(weight="bold")
        fonts["digits"].configure(weight="bold")
        style.configure(".", background=SHEET, foreground=INK, font=fonts["text"])
        style.configure("TButton", padding=(18, 10))
        for name, colour in (("Psc.TButton", PSC_BLUE), ("Main.TButton", TEAL)):
            style.configure(name, background=colour, foreground="#ffffff")
            style.map(name, background=[("disabled", "#8a8fa0"), ("active", colour)])
        style.configure("Quiet.TLabel", font=fonts["small"], foreground="#55606e")
        style.configure("Error.TLabel", foreground=RED)
        style.configure("Title.TLabel", font=fonts["title"])
        style.configure("Digits.TLabel", font=fonts["digits"], foreground=PSC_BLUE)
        return fonts

    def _paint(self) -> None:
        shown = replace(self._station.shown)
        if shown == self._painted:
            return
        self._painted = shown
        self._frame.destroy()
        self._widgets.clear()
        self._frame = tk.Frame(self._root, background=SHEET, padx=36, pady=28)
        self._frame.pack(fill="both", expand=True)
        ttk.Label(self._frame, text="Cabinet Exemple LPS", style="Quiet.TLabel").pack(anchor="w")
        screens: dict[str, Callable[[Shown], None]] = {
            "home": self._home,
            "starting": self._home,
            "waiting": self._waiting,
            "connected": self._connected,
            "logout": self._logout,
            "closed": self._closed,
            "terms": self._terms,
        }
        screens[shown.screen](shown)
        self._root.update_idletasks()

    def _home(self, shown: Shown) -> None:
        zone = self._zone("login", "Connexion")
        self._message(shown)
        ttk.Label(zone, text="Identifiant national (8 suivi du numéro RPPS)").pack(anchor="w")
        entry = ttk.Entry(zone, textvariable=self._national_id, font=self._fonts["text"], width=24)
        self._named("national-id", entry).pack(anchor="w", pady=(4, 16))
        for value, text in (("ecps", "Application mobile e-CPS"), ("cps", "Carte CPS et lecteur")):
            radio = ttk.Radiobutton(zone, text=text, value=value, variable=self._means)
            self._named(f"means-{value}", radio).pack(anchor="w")
        button = self._button(
            "psc-button",
            "S’identifier avec Pro Santé Connect",
            lambda: self._station.start_login(self._national_id.get(), self._means.get()),
            "Psc.TButton",
        )
        if shown.screen == "starting":
            button.state(["disabled"])
            ttk.Label(zone, text="Envoi de la demande…", style="Quiet.TLabel").pack(anchor="w")
        self._button("terms-link", "Conditions générales d’utilisation", self._station.show_terms)

    def _waiting(self, shown: Shown) -> None:
        self._zone("ciba.waiting", "Identification en cours")
        where = {
            "ecps": "Validez la demande dans votre application e-CPS.",
            "cps": "Insérez votre carte CPS et validez la demande dans CPS-Gestion.",
        }
        self._text(where[shown.means])
        self._text("Vérifiez que le nombre affiché est bien celui-ci :")
        digits = ttk.Label(self._frame, text=shown.digits, style="Digits.TLabel")
        self._named("ciba.digits", digits).pack(pady=(6, 12))
        self._button("cancel", "Annuler", self._station.cancel)

    def _connected(self, shown: Shown) -> None:
        person = shown.person or {}
        zone = self._zone("connected", "Connexion valide")
        who = f"{person.get('name', '')}\nIdentifiant national {person.get('national_id', '')}"
        self._named("identity", ttk.Label(zone, text=who)).pack(anchor="w", pady=(0, 14))
        self._message(shown)
        practices = person.get("practices", [])
        if len(practices) > 1:
            choice = ttk.Label(zone, text="Choisissez votre situation d’exercice :")
            self._named("practice-choice", choice).pack(anchor="w")
        self._practice.set(shown.practice)
        for index, practice in enumerate(practices):
            self._practice_choice(index, str(practice["structure"]))
        self._button("go-logout", "Se déconnecter…", self._station.go_to_logout, "Main.TButton")
        self._button("terms-link", "Conditions générales d’utilisation", self._station.show_terms)

    def _practice_choice(self, index: int, structure: str) -> None:
        radio = ttk.Radiobutton(
            self._frame,
            text=structure,
            value=index,
            variable=self._practice,
            command=lambda: self._station.choose_practice(index),
        )
        self._named(f"practice-{index}", radio).pack(anchor="w", pady=2)

    def _logout(self, _shown: Shown) -> None:
        self._zone("logout", "Déconnexion")
        self._text("Votre session Pro Santé Connect sera également fermée.")
        self._button("logout-button", "Fermer la session", self._station.logout, "Main.TButton")
        self._button("stay", "Rester connecté", self._station.stay)

    def _closed(self, shown: Shown) -> None:
        self._zone("logged-out", "Vous êtes déconnecté")
        self._message(shown)
        self._button("login-again", "S’identifier à nouveau", self._station.go_home, "Main.TButton")

    def _terms(self, shown: Shown) -> None:
        titles = {
            "page": "Conditions générales d’utilisation",
            "document": "Document : conditions générales d’utilisation",
            "contract": "Contrat : conditions générales d’utilisation",
        }
        self._zone("terms", titles[shown.form])
        foot = tk.Frame(self._frame, background=SHEET)
        foot.pack(side="bottom", fill="x")
        text = tk.Text(self._frame, wrap="word", font=self._fonts["text"], relief="solid", padx=14)
        bar = ttk.Scrollbar(self._frame, command=text.yview)
        text.configure(yscrollcommand=bar.set)
        bar.pack(side="right", fill="y")
        text.pack(fill="both", expand=True)
        for article in shown.terms["articles"]:
            tags = ("terms.psc",) if article["psc"] else ()
            text.insert("end", f"{article['title']}\n\n", tags)
            text.insert("end", "\n\n".join(article["paragraphs"]) + "\n\n\n", tags)
        text.configure(state="disabled")
        self._named("terms-text", text)
        self._accepted.set(False)
        if shown.form == "contract":
            box = ttk.Checkbutton(foot, text="J’ai lu et j’accepte", variable=self._accepted)
            self._named("terms-accept", box).pack(side="left", pady=8)
        label = "Valider" if shown.form == "contract" else "Fermer"
        self._button("terms-close", label, self._close_terms, "Main.TButton", foot)

    def _close_terms(self) -> None:
        if self._station.shown.form != "contract" or self._accepted.get():
            self._station.close_terms()

    def _zone(self, name: str, title: str) -> tk.Frame:
        label = ttk.Label(self._frame, text=title, style="Title.TLabel")
        self._named(name, label).pack(anchor="w", pady=(2, 18))
        return self._frame

    def _message(self, shown: Shown) -> None:
        if shown.notice:
            self._text(shown.notice)
        if shown.error:
            label = ttk.Label(self._frame, text=shown.error, style="Error.TLabel", wraplength=780)
            self._named("error", label).pack(anchor="w", pady=(0, 12))

    def _text(self, text: str) -> None:
        ttk.Label(self._frame, text=text, wraplength=780).pack(anchor="w", pady=(0, 10))

    def _button(
        self,
        name: str,
        text: str,
        command: Callable[[], object],
        style: str = "TButton",
        parent: tk.Misc | None = None,
    ) -> ttk.Button:
        button = ttk.Button(parent or self._frame, text=text, command=command, style=style)
        self._named(name, button).pack(anchor="w", pady=8)
        return button

    def _named(self, name: str, widget: Any) -> Any:
        self._widgets[name] = widget
        return widget

    def _visible(self, name: str) -> Any:
        widget = self._widgets.get(name)
        if widget is None or not widget.winfo_viewable():
            raise NotShown(f"{name} is not on the screen")
        return widget

    def _press(self, name: str) -> None:
        widget = self._visible(name)
        if widget.instate(["disabled"]):
            raise NotShown(f"{name} is disabled")
        middle = {"x": widget.winfo_width() // 2, "y": widget.winfo_height() // 2}
        widget.event_generate("<Motion>", warp=True, **middle)
        self._station.touch()
        widget.invoke()

    def _write(self, name: str, text: str) -> None:
        field = self._visible(name)
        field.focus_set()
        field.delete(0, "end")
        field.insert(0, text)
        self._station.touch()

    def _look(self, name: str) -> str | None:
        if name == "terms.psc":
            return self._look_at_psc_terms()
        try:
            return str(self._visible(name).cget("text"))
        except NotShown:
            return None

    def _look_at_psc_terms(self) -> str | None:
        text = self._widgets.get("terms-text")
        if not isinstance(text, tk.Text):
            return None
        ranges = [str(index) for index in text.tag_ranges("terms.psc")]
        if not ranges or text.dlineinfo(ranges[0]) is None:
            return None
        return text.get(ranges[0], ranges[-1]).strip()

    def scroll_to_psc_terms(self) -> bool:
        """Bring the paragraph on Pro Santé Connect into view; false when there is none."""
        return self._on_window(self._scroll)

    def _scroll(self) -> bool:
        text = self._visible("terms-text")
        ranges = text.tag_ranges("terms.psc")
        if not ranges:
            return False
        text.yview(str(ranges[0]))
        self._root.update_idletasks()
        return True
