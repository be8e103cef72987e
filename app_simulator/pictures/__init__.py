"""Pictures of QR codes: opening a file as grey pictures, and looking for codes in them, cheap looks first."""
