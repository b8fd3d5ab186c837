/** The machine of every processing job; processing needs no more than this for data that fit a laptop. */
export const PROCESSING_INSTANCE = 'ml.m5.large';
