-- l3build's description of this package: l3build check, l3build doc, l3build ctan.
module = "pith"

sourcefiles = {"pith.sty"}
installfiles = {"pith.sty"}
unpackfiles = {}
typesetfiles = {"pith-doc.tex"}
textfiles = {"README.md"}

checkengines = {"pdftex", "xetex", "luatex"}
stdengine = "pdftex"
checkruns = 1
