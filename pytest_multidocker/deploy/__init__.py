"""The steps of the AWS console as code: from an empty account to a Green environment, and back.

Over boto3 and nothing else, so that the same steps would work against AWS. Every step finds out
for itself what is there already: a run that was interrupted, however, is completed by the next.
"""
