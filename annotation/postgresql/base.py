"""The engine that `DATABASES` names. Django looks for `DatabaseWrapper` in a module of this name."""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    def is_usable(self) -> bool:
        """Whether the connection still stands. Django asks once a request (`CONN_HEALTH_CHECKS`), with a query.

        A server that has hung up can be seen on the socket without a round trip: there is something to read, its
        farewell or the end. So the query is only sent when there is.
        """
        return self.is_quiet() or super().is_usable()

    def is_quiet(self) -> bool:
        """Whether the connection is open and the server has said nothing that is not yet read."""
        if self.connection is None or self.connection.closed:
            return False
        socket = select.poll()
        socket.register(self.connection.fileno(), select.POLLIN)
        return not socket.poll(0)
