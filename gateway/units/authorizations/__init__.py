"""Authorizations (办税授权): who may act for a unit without its declaration password."""
