match x, y:
    case [1, *rest, None] | {"k": v, **others} if v > 1:
        pass
    case C(a, b=D(-1+2j)) as whole:
        raise E from whole
    case str() | "s" "t" | a.b.C | _:
        pass
try:
    pass
except* (A, B) as e:
    e.x
else:
    pass
finally:
    while 1:
        break
    else:
        continue
