import asyncio

from autogen_lsp.backends.limits import RateLimit


async def test_calls_within_the_limit_do_not_wait():
    limit = RateLimit(3, 60.0)
    waits: list[float] = []
    for _ in range(3):
        await limit.wait(waits.append)
    assert waits == []


async def test_no_window_ever_holds_more_starts_than_allowed():
    limit, loop, starts = RateLimit(3, 0.1), asyncio.get_running_loop(), []

    async def start() -> None:
        await limit.wait()
        starts.append(loop.time())

    await asyncio.gather(*(start() for _ in range(10)))
    assert all(later - earlier >= 0.1 for earlier, later in zip(starts, starts[3:], strict=False))


async def test_cancelled_waiter_takes_no_place():
    limit = RateLimit(1, 0.1)
    await limit.wait()
    waiter = asyncio.create_task(limit.wait())
    await asyncio.sleep(0)
    waiter.cancel()
    waits: list[float] = []
    await limit.wait(waits.append)
    assert len(waits) == 1


async def test_zero_means_no_limit():
    limit, waits = RateLimit(0, 60.0), []
    for _ in range(100):
        await limit.wait(waits.append)
    assert waits == []
