# -*- coding: latin-1 -*-
näme = "ÿ"
import a
