//! Real data with coefficients known to full precision.
//!
//! The objective is the mean log-loss plus λ/2·|w|², the intercept unpenalised:
//! (1/m) Σᵢ [ln(1 + e^zᵢ) − yᵢ·zᵢ] + (λ/2) Σⱼ wⱼ² with zᵢ = b + Σⱼ wⱼ·xᵢⱼ. The log-likelihood is that of
//! the data alone, −Σᵢ [ln(1 + e^zᵢ) − yᵢ·zᵢ], at the same coefficients.
//!
//! Invariant: the gradient of the objective vanishes at the certified coefficients, up to 1e-12. The
//! tests of this crate compute it, and so need not trust where the coefficients came from.

use crate::{CsvReader, Dataset, Error};

/// A dataset and the optimum of its objective.
///
/// ```
/// let spector = chainrule_data::certified::spector()?;
/// assert_eq!((spector.dataset.len(), spector.dataset.dimension()), (32, 3));
/// assert_eq!(spector.lambda, 0.0);
/// # Ok::<(), chainrule_data::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Certified {
    /// What the data are called.
    pub name: &'static str,
    /// The examples: the event is the label `1`.
    pub dataset: Dataset,
    /// The weight λ of the penalty λ/2·|w|²; 0 for none.
    pub lambda: f64,
    /// The intercept b at the optimum.
    pub intercept: f64,
    /// The coefficients w at the optimum (d), in the order of the features.
    pub coefficients: Vec<f64>,
    /// The standard errors of the intercept, then of the coefficients (1 + d), from the inverse of the
    /// observed information; none where a penalty leaves them without meaning.
    pub standard_errors: Option<Vec<f64>>,
    /// The p-values of Wald's tests that the intercept, then the coefficients (1 + d), are 0, from the normal distribution; none where there are no standard errors.
    pub p_values: Option<Vec<f64>>,
    /// The log-likelihood at the optimum, without penalty.
    pub log_likelihood: f64,
    /// The objective at the optimum, where it is certified by itself.
    pub objective: Option<f64>,
    /// Where the data come from, and how the coefficients were found.
    pub source: &'static str,
}

/// Whether a new way of teaching economics improved grades: 32 students, 3 features, no penalty.
///
/// Features: `GPA` (grade point average), `TUCE` (score in an entry test of economics, points), `PSI` (1
/// for the new way of teaching). Event: an A in the course (`GRADE` = 1), 11 of 32. Source: L. C. Spector
/// and M. Mazzeo, "Probit Analysis and Economic Education", Journal of Economic Education 11(2):37–44, 1980.
///
/// # Errors
///
/// None in practice: the errors of [`CsvReader::read`] for a file that the tests of this crate read.
pub fn spector() -> Result<Certified, Error> {
    Ok(Certified {
        name: "spector",
        dataset: read(include_str!("../certified/spector.csv"), "GRADE", "spector.csv")?,
        lambda: 0.0,
        intercept: SPECTOR_INTERCEPT,
        coefficients: SPECTOR_COEFFICIENTS.to_vec(),
        standard_errors: Some(SPECTOR_STANDARD_ERRORS.to_vec()),
        p_values: Some(SPECTOR_P_VALUES.to_vec()),
        log_likelihood: SPECTOR_LOG_LIKELIHOOD,
        objective: None,
        source: "Spector and Mazzeo (1980), Journal of Economic Education 11(2):37-44; Newton's method with \
                 60 decimals, cross-checked with statsmodels 0.15.0 and R 4.2.2",
    })
}

/// Whether a breast tumour is benign: 569 tumours, 30 standardised features, a ridge penalty.
///
/// The features `x00` … `x29` are the mean, the standard error and the largest value of ten measures of
/// the cell nuclei, standardised with the population standard deviation; the event (`y` = 1, 357 of 569)
/// is a benign tumour. Without a penalty these data are separable, hence λ = 1/569. Source: W. H. Wolberg,
/// W. N. Street and O. L. Mangasarian, "Breast Cancer Wisconsin (Diagnostic)", UCI Machine Learning
/// Repository, CC BY 4.0; changed by standardising.
///
/// # Errors
///
/// As [`spector`].
pub fn breast_cancer_ridge() -> Result<Certified, Error> {
    let text = include_str!("../certified/breast_cancer_ridge.csv");
    Ok(Certified {
        name: "breast_cancer_ridge",
        dataset: read(text, "y", "breast_cancer_ridge.csv")?,
        lambda: BREAST_CANCER_LAMBDA,
        intercept: BREAST_CANCER_INTERCEPT,
        coefficients: BREAST_CANCER_COEFFICIENTS.to_vec(),
        standard_errors: None,
        p_values: None,
        log_likelihood: BREAST_CANCER_LOG_LIKELIHOOD,
        objective: Some(BREAST_CANCER_OBJECTIVE),
        source: "Wolberg, Street and Mangasarian, Breast Cancer Wisconsin (Diagnostic), UCI Machine Learning \
                 Repository, CC BY 4.0, standardised; an optimum whose gradient vanishes to within 1e-12",
    })
}

fn read(text: &str, target: &str, name: &str) -> Result<Dataset, Error> {
    Ok(CsvReader::new(target).labels("0", "1").read(text.as_bytes(), name)?.dataset)
}

const SPECTOR_INTERCEPT: f64 = -13.02134685811569;
const SPECTOR_COEFFICIENTS: [f64; 3] = [2.8261125948893215, 0.0951576613179093, 2.378687655093354];
const SPECTOR_STANDARD_ERRORS: [f64; 4] =
    [4.931324213602759, 1.2629410756290924, 0.14155420567369476, 1.064564254497133];
const SPECTOR_P_VALUES: [f64; 4] =
    [0.00827746143548825, 0.025239108802564254, 0.5014342380819226, 0.0254552043612784];
const SPECTOR_LOG_LIKELIHOOD: f64 = -12.889634222131415;

const BREAST_CANCER_LAMBDA: f64 = 0.0017574692442882249;
const BREAST_CANCER_INTERCEPT: f64 = 0.2145027174017491;
const BREAST_CANCER_COEFFICIENTS: [f64; 30] = [
    -0.3630925319179317,
    -0.38767544241875734,
    -0.351062118679674,
    -0.435609803285976,
    -0.16183110281524551,
    0.5626540336981025,
    -0.8599171195924011,
    -0.9622802234881759,
    0.07620903147902879,
    0.3222262369486113,
    -1.2909422896744198,
    0.26892190138788796,
    -0.6599745965624585,
    -1.0125577321802832,
    -0.2772129589040151,
    0.7363240127967533,
    0.11053932078141054,
    -0.3334076188831653,
    0.29579302590318496,
    0.6809196730583751,
    -1.0292622616479528,
    -1.314607634446454,
    -0.8233473825766976,
    -1.0107068321134167,
    -0.6706819627765848,
    0.04456425178742124,
    -0.8733339165222499,
    -0.9120031219319641,
    -0.8878373243070146,
    -0.4798189080431605,
];
const BREAST_CANCER_LOG_LIKELIHOOD: f64 = -30.37996691860679;
const BREAST_CANCER_OBJECTIVE: f64 = 0.06636018622473809;
