"""Computers that a person has had remembered after a login: next time they ask the same phone, without a QR."""
