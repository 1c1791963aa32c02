"""Other people's OpenID Connect and JOSE software against a real waiting room.

What belongs here: relying parties and verifiers that sites really use, as they come. The programs
in JavaScript run on what ``package-lock.json`` names; ``scripts/node`` installs that.
"""
