"""IAM decides, where that is switched on: who a request is of, and whether a policy allows it.

`policies` evaluates policy documents, `credentials` reads whose key a request is signed with,
`callers` are who that can be, `public` and `objects` know S3, `refusals` each service's words, and
`authorizer` puts all of it before every operation.
"""
