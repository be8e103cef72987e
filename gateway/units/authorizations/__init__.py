"""Authorizations (办税授权): people who may act for a unit without its declaration password."""
