"""Requests, by botocore's models: what AWS would read in them, and what it would refuse.

`members` fits a request to an operation, as Elastic Beanstalk does before it calls ECS. The other
way round, `parsing` reads what clients have sent to our services, `constraints` finds what a model
does not allow, `dialects` knows how each service says so, and `checked` has all of it done before
any operation of ours is.
"""
