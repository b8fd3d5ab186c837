/** An amount of US dollars: `$93.44`, `<$0.01`, `$0.00`. */
export function usd(amount: number): string {
  if (amount > 0 && amount < 0.005) return '<$0.01';
  return `$${amount.toFixed(2)}`;
}

/** A difference of amounts: `+$12.00`, `−$3.50`, `±$0.00`. */
export function usdChange(amount: number): string {
  if (Math.abs(amount) < 0.005) return '±$0.00';
  return `${amount > 0 ? '+' : '−'}$${Math.abs(amount).toFixed(2)}`;
}
