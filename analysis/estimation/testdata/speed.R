# The work of BenchmarkAgainstR in R's survey package: a stratified, weighted
# sample, 22 items and their index, by 14 units and as a whole.
#
#   Rscript speed.R survey.csv        prints the seconds, then rate and se of every figure
suppressMessages(library(survey))
d <- read.csv(commandArgs(TRUE)[1])
items <- paste0("q", 1:22)
started <- proc.time()[["elapsed"]]
answers <- as.matrix(d[items])
d$x <- rowSums(!is.na(answers))
d$y <- rowSums(answers >= 4, na.rm = TRUE)
for (q in items) d[[q]] <- as.numeric(d[[q]] >= 4)
design <- svydesign(ids = ~1, strata = ~stratum, weights = ~weight, data = d)
lines <- character()
say <- function(what, unit, rate, se) lines <<- c(lines, sprintf("%s %s %.12g %.12g", what, unit, rate, se))
for (q in items) {
  f <- as.formula(paste0("~", q))
  whole <- svymean(f, design, na.rm = TRUE)
  intervals <- confint(whole, df = degf(design))
  say(q, "0", coef(whole), SE(whole))
  units <- svyby(f, ~unit, design, svymean, na.rm = TRUE)
  intervals <- confint(units, df = degf(design))
  say(q, units$unit, coef(units), SE(units))
}
whole <- svyratio(~y, ~x, design)
intervals <- confint(whole, df = degf(design))
say("index", "0", coef(whole), SE(whole))
units <- svyby(~y, ~unit, denominator = ~x, design, svyratio)
intervals <- confint(units, df = degf(design))
say("index", units$unit, coef(units), SE(units))
cat(proc.time()[["elapsed"]] - started, "\n")
writeLines(lines)
