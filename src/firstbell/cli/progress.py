"""What is being done, on a terminal; nothing when the output goes elsewhere."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn


@contextmanager
def progress(steps: Sequence[str]) -> Iterator[Callable[[str], None]]:
    """Shows on standard error which of the steps is being done, while the block runs.

    Yields:
        A function to call with each step when it begins.
    """
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as display:
        task = display.add_task(steps[0], total=len(steps))

        def step(name: str) -> None:
            done = steps.index(name)
            words = f"{name}, step {done + 1} of {len(steps)}"
            display.update(task, description=words, completed=done)

        yield step
