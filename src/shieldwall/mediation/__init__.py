"""Between a member and the rest: what identifies a contributor is removed, contributions join cases.

Pure rules. Who contributed what is kept elsewhere, in the sealed table.
"""
