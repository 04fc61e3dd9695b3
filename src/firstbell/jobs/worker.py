"""A process that runs what is queued: one sync at a time.

Beside it run the tasks of each minute, mail, and what people ask for single records.
"""

import asyncio
import signal

from procrastinate import PsycopgConnector
from procrastinate.contrib.django import app
from procrastinate.contrib.django.utils import connector_params

from firstbell.jobs.parent import end_with_parent
from firstbell.jobs.tasks import ASKED, CLOCK, SYNCS
from firstbell.store.news import MAILS

#: How often it looks for work, in seconds. It does not listen: an idle worker that listens ends when
#: PostgreSQL is restarted.
_PAUSE = 1.0
#: How long it waits for a connection, in seconds, before it takes the database for lost.
_PATIENCE = 5.0


def run_worker() -> bool:
    """Runs what is queued until SIGTERM or Ctrl-C, which let a sync that is under way end.

    Returns:
        Whether it was told to stop. Otherwise the database was lost; it must be started anew.
    """
    end_with_parent()
    return asyncio.run(_run())


async def _run() -> bool:
    # Workers have connections of their own; what tasks queue stays in Django's transactions.
    apart = app.with_connector(PsycopgConnector(kwargs=connector_params(), timeout=_PATIENCE))
    stopped = asyncio.Event()
    async with apart.open_async():
        running = [
            asyncio.create_task(
                apart.run_worker_async(
                    queues=[queue],
                    name=queue,
                    listen_notify=False,
                    fetch_job_polling_interval=_PAUSE,
                    install_signal_handlers=False,
                    delete_jobs="successful",
                )
            )
            for queue in (SYNCS, ASKED, CLOCK, MAILS)
        ]

        def stop() -> None:
            if not stopped.is_set():
                stopped.set()
                for worker in running:
                    worker.cancel()  # which waits for what it runs

        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop)
        await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        told = stopped.is_set()
        stop()
        await asyncio.gather(*running, return_exceptions=True)
        return told
