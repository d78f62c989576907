"""Certifies a policy before it is signed: maps it to the game its members play and says how firmly sharing holds."""

from shieldwall.economics.certify.again import certify_again
from shieldwall.economics.certify.certificate import certify
from shieldwall.economics.certify.members import MemberClass, MembersFile, read_members

__all__ = ["MemberClass", "MembersFile", "certify", "certify_again", "read_members"]
