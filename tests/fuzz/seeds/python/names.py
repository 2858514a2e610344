from a import x
def x(): return x
class x:
    x = x
    def x(self): return self.x.x().x
for x in x: x += x
x: x = x.x
import b as x
from b import C
class D(C, D): pass
