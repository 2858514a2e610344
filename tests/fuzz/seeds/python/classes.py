import a
from b import C as Base

@a.decorate(x=1)
class C(Base, a.D[int], metaclass=M):
    """A class."""
    field: "list[C] | None" = None
    __slots__ = ("x",)

    def __init__(self, first, /, second: int = 0, *rest, third=None, **more) -> None:
        super().__init__()
        self.first, self.second = first, second
        self.third: C = third or C(1)

    @property
    def value(self): return self.first.value

    @classmethod
    async def make(cls): return await cls(1).make()

    def chain(self):
        for x in self.third.first:
            with x as y, open(z) as (w, *v):
                yield from y.f(lambda q: q.r)[0].s
