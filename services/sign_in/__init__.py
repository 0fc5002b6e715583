"""The ways in: accounts with passwords and second factors, invitations, sessions (trust §3).

What is kept here follows from no entry of the history and is changed in place: secrets are kept as hashes, sessions end.
"""
