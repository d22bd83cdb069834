export default function Bulk() { return null }
