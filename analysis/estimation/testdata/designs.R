# Makes designs.json: random small surveys under random designs, and what R's
# survey package says about them. Strata, clusters, weights (some 0), finite
# populations, lonely strata, domains, gaps and constant answers are mixed.
#
#   Rscript designs.R > designs.json        needs survey and jsonlite
suppressMessages({library(survey); library(jsonlite)})
set.seed(20211)

defined <- function(x) if (length(x) == 1 && is.finite(x)) as.numeric(x) else NA
beta_interval <- function(p, n, level) {
  a <- (1 - level) / 2
  c(if (p == 0) 0 else qbeta(a, n * p, n * (1 - p) + 1),
    if (p == 1) 1 else qbeta(1 - a, n * p + 1, n * (1 - p)))
}
# The correction of Korn and Graubard for the degrees of freedom; NaN without any.
df_factor <- function(m, df, level) {
  a <- (1 - level) / 2
  if (m < 2 || df <= 0) NA else (qt(a, m - 1) / qt(a, df))^2
}
# A rate that differs from 0 or 1 by rounding only is constant.
settle <- function(p) if (abs(p - round(p)) < 1e-13) round(p) else p

item_figures <- function(design, name, satisfied, level, designed) {
  answers <- design$variables[[name]]
  counts <- as.list(table(factor(answers, levels = 1:5)))
  part <- design[!is.na(answers), ]
  answers <- answers[!is.na(answers)]
  m <- length(answers)
  out <- list(item = name, n = m, counts = counts, rate = NA, se = NA, low = NA, high = NA, deff = NA, mean = NA, mean_se = NA)
  if (m == 0 || sum(weights(part)) == 0) return(out)
  part <- update(part, .y = as.numeric(answers %in% satisfied), .code = as.numeric(answers))
  rate <- svymean(~.y, part)
  mean <- svymean(~.code, part)
  p <- settle(as.numeric(coef(rate)))
  constant <- p == 0 || p == 1
  se <- if (constant) 0 else as.numeric(SE(rate))
  if (!designed) {
    z <- qnorm((1 + level) / 2)
    middle <- (p + z^2 / (2 * m)) / (1 + z^2 / m)
    half <- z / (1 + z^2 / m) * sqrt(p * (1 - p) / m + z^2 / (4 * m^2))
    interval <- c(if (p == 0) 0 else middle - half, if (p == 1) 1 else middle + half)
  } else {
    n <- df_factor(m, degf(part), level) * if (constant) m else p * (1 - p) / se^2
    interval <- if (is.na(n)) c(NA, NA) else if (se < 1e-9 && !constant) c(p, p) else beta_interval(p, n, level)
  }
  out[c("rate", "se", "low", "high")] <- list(p, defined(se), interval[1], interval[2])
  if (!constant) out$deff <- defined(se^2 * (m - 1) / (p * (1 - p)))
  out[c("mean", "mean_se")] <- list(as.numeric(coef(mean)), defined(SE(mean)))
  out
}

index_figures <- function(design, items, satisfied, level) {
  answers <- as.matrix(design$variables[, items, drop = FALSE])
  x <- rowSums(!is.na(answers))
  y <- rowSums(matrix(answers %in% satisfied, nrow = nrow(answers)))
  w <- weights(design)
  out <- list(n = sum(x), rate = NA, se = NA, low = NA, high = NA, deff = NA)
  if (sum(w * x) == 0) return(out)
  design <- update(design, .x = x, .y = y)
  ratio <- svyratio(~.y, ~.x, design)
  p <- settle(as.numeric(coef(ratio)))
  se <- as.numeric(SE(ratio))
  df <- degf(design)
  if (p == 0 || p == 1) {
    se <- 0
    n <- sum(x > 0) * df_factor(sum(x > 0), df, level)
    interval <- if (is.na(n)) c(NA, NA) else beta_interval(p, n, level)
  } else {
    m <- length(x)
    e <- (y - p * x) / sum(w * x) * sum(w)
    out$deff <- defined(se^2 / (sum(w * e^2) / sum(w) / (m - 1)))
    interval <- if (df <= 0) c(NA, NA) else plogis(qlogis(p) + c(-1, 1) * qt((1 + level) / 2, df) * se / (p * (1 - p)))
  }
  out[c("rate", "se", "low", "high")] <- list(p, defined(se), interval[1], interval[2])
  out
}

one <- function(k) {
  n <- sample(c(6, 12, 30), 1)
  items <- paste0("q", seq_len(sample(3, 1)))
  d <- data.frame(id = 1:n)
  for (q in items) {
    d[[q]] <- sample(5, n, TRUE, prob = (1:5)^runif(1, .3, 3))
    d[[q]][runif(n) < sample(c(0, .1, .4), 1)] <- NA
  }
  if (runif(1) < .2) d$q1[!is.na(d$q1)] <- sample(c(1, 3, 5), 1)
  if (runif(1) < .1) d$q1 <- NA_integer_
  strata <- runif(1) < .6; clusters <- runif(1) < .5; weighted <- runif(1) < .6; finite <- runif(1) < .5
  lonely <- "fail"
  d$stratum <- if (strata) paste0("s", sort(rep_len(seq_len(sample(2:max(2, min(5, n %/% 5)), 1)), n))) else "all"
  d$cluster <- ave(seq_len(n), d$stratum, FUN = function(i) rep_len(sample(max(2, length(i) %/% 4)), length(i)))
  if (strata && runif(1) < .4) {
    lonely <- sample(c("adjust", "certainty"), 1)
    d$stratum[n] <- "lone"
    d$cluster[n] <- 1
  }
  d <- d[sample(n), ]
  d$weight <- round(runif(n, .5, 5), 2)
  if (runif(1) < .3) d$weight[sample(n, 2)] <- 0
  psus <- if (clusters) tapply(d$cluster, d$stratum, function(v) length(unique(v))) else table(d$stratum)
  unseen <- sapply(names(psus), function(s) sample(c(0, 1, 5, 50), 1))
  d$size <- as.numeric(psus[d$stratum] + unseen[d$stratum])
  d$unit <- sample(c("a", "b", "c", ""), n, TRUE, prob = c(.5, .3, .15, .05))
  if (strata && runif(1) < .3) d$unit <- d$stratum
  level <- sample(c(.9, .95, .99), 1)
  satisfied <- sample(list(c(4, 5), c(3, 4, 5), 5), 1)[[1]]
  options(survey.lonely.psu = lonely)
  arguments <- list(ids = if (clusters) ~cluster else ~1, data = d, nest = TRUE)
  if (strata) arguments$strata <- ~stratum
  if (weighted) arguments$weights <- ~weight
  if (finite) arguments$fpc <- ~size
  design <- suppressWarnings(do.call(svydesign, arguments))
  if (!weighted && !finite) design$prob[] <- 1
  designed <- strata || clusters || weighted || finite
  figures <- function(part) list(
    items = lapply(items, function(q) item_figures(part, q, satisfied, level, designed)),
    index = index_figures(part, items, satisfied, level))
  domains <- lapply(setdiff(sort(unique(d$unit)), ""), function(u)
    c(list(value = u, n = sum(d$unit == u)), figures(design[d$unit == u, ])))
  flags <- c("--items", paste(items, collapse = ","), "--by", "unit", "--confidence", level, "--satisfied", paste(satisfied, collapse = ","),
    if (strata) c("--strata", "stratum"), if (clusters) c("--cluster", "cluster"), if (weighted) c("--weight", "weight"),
    if (finite) c("--fpc", "size"), if (lonely != "fail") c("--lonely", lonely))
  list(id = sprintf("design%02d", k), flags = flags,
    data = paste(capture.output(write.csv(d, row.names = FALSE, na = "", quote = FALSE)), collapse = "\n"),
    expected = c(list(n = n, population = sum(weights(design))), figures(design), list(by = list(unit = domains))))
}
cat(toJSON(lapply(1:30, one), auto_unbox = TRUE, na = "null", digits = NA), "\n")
