"""The commands of ``app-simulator``: a module each, found by its name.

``forgot_password.py`` would be ``forgot-password``. A module has ``build(t: Texts) -> click.Command``.
A new command is a new module here and its texts a new module in ``texts/``; nothing else is edited.
"""
