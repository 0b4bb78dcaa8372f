//! One plot of the report's page: errors of several routes against the logit, as inline SVG.
//!
//! The error axis is logarithmic, from a tenth of an ulp up to 10¹⁶ ulps, where no digit is left; 0 lies at its foot, ∞ above its head.
//! Of the two labels at a logit the worse is drawn; where routes coincide, the last one hides the others.
//!
//! Invariant: every point that was measured lies in the picture.

use maud::{Markup, html};

use super::ulps;
use crate::verify::lesson::routes::{Point, Quantity, Route};

const WIDTH: f64 = 860.0;
const HEIGHT: f64 = 300.0;
/// Room for the axis' numbers on the left, the legend on the right, and titles.
const LEFT: f64 = 64.0;
const RIGHT: f64 = 230.0;
const TOP: f64 = 26.0;
const BOTTOM: f64 = 40.0;

/// The decades of the error axis.
const LOWEST: f64 = -1.0;
const HIGHEST: f64 = 16.0;
/// Where ∞ is drawn, in decades.
const INFINITE: f64 = 17.5;

/// The largest |z| of the axis.
const LOGITS: f64 = 800.0;

/// The routes to one quantity.
pub(super) fn plot(quantity: Quantity, routes: &[Route]) -> Markup {
    // Those that break are drawn first, under those that hold; the legend keeps the order.
    let mut routes: Vec<(usize, &Route)> =
        routes.iter().filter(|route| route.quantity == quantity).enumerate().collect();
    routes.sort_by_key(|(k, route)| (route.bound.is_some(), *k));
    let title = format!("{}: error in ulp against z", quantity.name());
    html! {
        figure {
            svg viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } role="img" aria-label=(title) {
                (axes())
                @for (k, route) in routes {
                    g class={ "route " (class(route, k)) } {
                        @for point in worst(&route.points) {
                            circle cx=(across(point.logit)) cy=(up(point.ulps)) r="1.8" {
                                title { (route.name) ", z = " (point.logit) ": " (point.ulps) " ulp" }
                            }
                        }
                        (legend(route, k))
                    }
                }
            }
            figcaption { (title) }
        }
    }
}

fn axes() -> Markup {
    let (right, foot) = (across(LOGITS), HEIGHT - BOTTOM);
    html! {
        g class="axes" {
            @for decade in [0.0, 4.0, 8.0, 12.0, 16.0] {
                line x1=(LEFT) x2=(right) y1=(height(decade)) y2=(height(decade)) {}
                text x=(LEFT - 8.0) y=(height(decade) + 4.0) text-anchor="end" {
                    @if decade == 0.0 { "1 ulp" } @else { "1e" (decade) }
                }
            }
            line x1=(LEFT) x2=(right) y1=(height(INFINITE)) y2=(height(INFINITE)) {}
            text x=(LEFT - 8.0) y=(height(INFINITE) + 4.0) text-anchor="end" { "∞" }
            @for logit in [-800, -400, 0, 400, 800] {
                text x=(across(f64::from(logit))) y=(foot + 18.0) text-anchor="middle" { (logit) }
            }
            text x=(across(0.0)) y=(foot + 34.0) text-anchor="middle" { "logit z" }
        }
    }
}

fn legend(route: &Route, k: usize) -> Markup {
    let y = TOP + 18.0 * k as f64;
    html! {
        circle cx=(WIDTH - RIGHT + 18.0) cy=(y) r="4" {}
        text x=(WIDTH - RIGHT + 30.0) y=(y + 4.0) { (route.name) ", ≤ " (ulps(route.largest())) }
    }
}

/// The colour's name: of its own for each route that holds, and one of two warnings for those that break.
fn class(route: &Route, k: usize) -> String {
    if route.bound.is_some() { format!("holds-{k}") } else { format!("breaks-{k}") }
}

/// At each logit the label with the larger error.
fn worst(points: &[Point]) -> Vec<Point> {
    let mut worst: Vec<Point> = Vec::new();
    for &point in points {
        match worst.last_mut() {
            Some(last) if last.logit == point.logit => {
                if point.ulps > last.ulps {
                    *last = point;
                }
            }
            _ => worst.push(point),
        }
    }
    worst
}

fn across(logit: f64) -> f64 {
    let share = (logit + LOGITS) / (2.0 * LOGITS);
    round(LEFT + share * (WIDTH - LEFT - RIGHT))
}

fn up(ulps: f64) -> f64 {
    height(if ulps.is_finite() { ulps.log10().clamp(LOWEST, HIGHEST) } else { INFINITE })
}

fn height(decade: f64) -> f64 {
    let share = (decade - LOWEST) / (INFINITE - LOWEST);
    round(HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP))
}

/// To a tenth of a pixel.
fn round(pixels: f64) -> f64 {
    (pixels * 10.0).round() / 10.0
}
