def broken(:
    import a
class
  x = (1,
	from b import *
if
"""never ends
