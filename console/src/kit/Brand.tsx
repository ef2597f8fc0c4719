/** The mark: a shield built of the courses of a wall (垣). */
export function Mark({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" className="brand-mark">
      <path className="brand-shield" d="M16 1.5 28 5.6v9.6c0 7.6-4.9 12.7-12 15.3C8.9 27.9 4 22.8 4 15.2V5.6z" />
      <path className="brand-wall" d="M9 11h14M9 16h14M11 21h10M16 11v5M12 16v5M20 16v5" />
    </svg>
  )
}
