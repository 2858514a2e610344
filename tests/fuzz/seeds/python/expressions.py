def f[T: (int, str), **P](x: T, *args: P.args) -> "f[T]":
    global g; nonlocal_ = 1
    a = [y for x in z if x for y in x.w if (n := y)]
    b = {k: v for k, v in {**a, "x": 1}.items()}
    c = {*a, *b} | {lambda *p, **q: (yield)}
    d = f"{a!r:>{b['x']}} {c=} {f'{d}'}" "tail" rb'\x00'
    e = a if b else c @ d ** -e << 2 and not f or x is not y not in z
    del a, b[0], c.d
    assert isinstance(x, (int, str)), "no"
    return a[1:2, ..., ::3] < 1_000 <= 0xFFj
type Alias[K] = dict[K, f]
