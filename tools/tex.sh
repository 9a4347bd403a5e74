#!/bin/sh
# Make sure that tests/latex has what it needs: TeX in four ways, real classes, readers of PDFs.
# About 620 MB and two minutes where nothing is there yet, so `make test` does not do it.
set -eu
cd "$(dirname "$0")/.."
complete() {
    for program in pdflatex xelatex lualatex dvips ps2pdf l3build pdfinfo pdftotext pdftohtml \
        pdftoppm; do
        command -v "$program" >/dev/null 2>&1 || return 1
    done
    # A class of publishers, a package of latex-extra, a metric of the recommended fonts.
    kpsewhich acmart.cls >/dev/null && kpsewhich hyperxmp.sty >/dev/null &&
        kpsewhich ptmr7t.tfm >/dev/null
}
complete || tools/apt.sh "texlive-latex-recommended texlive-latex-extra texlive-publishers \
texlive-xetex texlive-luatex texlive-fonts-recommended ghostscript poppler-utils" "TeX Live"
