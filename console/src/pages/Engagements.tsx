export default function Engagements() { return null }
