"""IAM decides, where that is switched on: who a request is of, and whether a policy allows it.

`policies` evaluates policy documents, `credentials` reads whose key a request is signed with,
`refusals` knows each service's words, and `authorizer` puts all of it before every operation.
"""
