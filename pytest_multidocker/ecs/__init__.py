"""The ECS agent as pure decisions: what happens to a task, and what the agent does about it.

Nothing here touches an engine, a clock, a thread or the network. ``agent`` holds the decisions,
``graph`` and ``dependencies`` the order of starting and stopping, ``accounting`` what an instance
has room for, ``beanstalk`` how Elastic Beanstalk makes a task definition of a Dockerrun file.
"""
