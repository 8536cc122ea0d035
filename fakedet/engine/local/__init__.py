"""Trials and commands as processes of this machine (setting trials="local")."""
