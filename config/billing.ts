/** Percent of consumption tax on what has an agreed price; prices of the list say their own (消費税法 29条, 地方税法 72条の83). */
export const standardTaxPercent = 10
